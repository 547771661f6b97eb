//! Counties from which synthetic people come: real GB/T 2260 codes, all in force since 1980, so that no birth year
//! makes a code doubtful. Add a county with one line.

/// A county or district with its place in the country.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct County {
    /// GB/T 2260 code, six digits.
    pub(super) code: &'static str,
    /// Province or municipality.
    pub(super) province: &'static str,
    /// Prefecture or city.
    pub(super) city: &'static str,
    /// District or county.
    pub(super) district: &'static str,
}

const fn county(
    code: &'static str,
    province: &'static str,
    city: &'static str,
    district: &'static str,
) -> County {
    County { code, province, city, district }
}

/// Every county that is used. The position of a line takes part in the ID numbers: append, do not insert.
pub(super) const COUNTIES: [County; 57] = [
    county("110101", "北京市", "北京市", "东城区"),
    county("110102", "北京市", "北京市", "西城区"),
    county("110105", "北京市", "北京市", "朝阳区"),
    county("110106", "北京市", "北京市", "丰台区"),
    county("110108", "北京市", "北京市", "海淀区"),
    county("120101", "天津市", "天津市", "和平区"),
    county("120102", "天津市", "天津市", "河东区"),
    county("130102", "河北省", "石家庄市", "长安区"),
    county("140121", "山西省", "太原市", "清徐县"),
    county("150102", "内蒙古自治区", "呼和浩特市", "新城区"),
    county("210102", "辽宁省", "沈阳市", "和平区"),
    county("210202", "辽宁省", "大连市", "中山区"),
    county("220102", "吉林省", "长春市", "南关区"),
    county("230102", "黑龙江省", "哈尔滨市", "道里区"),
    county("310101", "上海市", "上海市", "黄浦区"),
    county("310104", "上海市", "上海市", "徐汇区"),
    county("310105", "上海市", "上海市", "长宁区"),
    county("320102", "江苏省", "南京市", "玄武区"),
    county("320311", "江苏省", "徐州市", "泉山区"),
    county("330106", "浙江省", "杭州市", "西湖区"),
    county("330203", "浙江省", "宁波市", "海曙区"),
    county("330302", "浙江省", "温州市", "鹿城区"),
    county("340102", "安徽省", "合肥市", "瑶海区"),
    county("340121", "安徽省", "合肥市", "长丰县"),
    county("350102", "福建省", "福州市", "鼓楼区"),
    county("350203", "福建省", "厦门市", "思明区"),
    county("360102", "江西省", "南昌市", "东湖区"),
    county("370102", "山东省", "济南市", "历下区"),
    county("370202", "山东省", "青岛市", "市南区"),
    county("410102", "河南省", "郑州市", "中原区"),
    county("410105", "河南省", "郑州市", "金水区"),
    county("420102", "湖北省", "武汉市", "江岸区"),
    county("420106", "湖北省", "武汉市", "武昌区"),
    county("430102", "湖南省", "长沙市", "芙蓉区"),
    county("430121", "湖南省", "长沙市", "长沙县"),
    county("430103", "湖南省", "长沙市", "天心区"),
    county("440103", "广东省", "广州市", "荔湾区"),
    county("440104", "广东省", "广州市", "越秀区"),
    county("450102", "广西壮族自治区", "南宁市", "兴宁区"),
    county("450202", "广西壮族自治区", "柳州市", "城中区"),
    county("510121", "四川省", "成都市", "金堂县"),
    county("510302", "四川省", "自贡市", "自流井区"),
    county("520102", "贵州省", "贵阳市", "南明区"),
    county("522701", "贵州省", "黔南布依族苗族自治州", "都匀市"),
    county("530102", "云南省", "昆明市", "五华区"),
    county("530103", "云南省", "昆明市", "盘龙区"),
    county("532524", "云南省", "红河哈尼族彝族自治州", "建水县"),
    county("540102", "西藏自治区", "拉萨市", "城关区"),
    county("610102", "陕西省", "西安市", "新城区"),
    county("610104", "陕西省", "西安市", "莲湖区"),
    county("620102", "甘肃省", "兰州市", "城关区"),
    county("620104", "甘肃省", "兰州市", "西固区"),
    county("630102", "青海省", "西宁市", "城东区"),
    county("632801", "青海省", "海西蒙古族藏族自治州", "格尔木市"),
    county("640104", "宁夏回族自治区", "银川市", "兴庆区"),
    county("650102", "新疆维吾尔自治区", "乌鲁木齐市", "天山区"),
    county("650103", "新疆维吾尔自治区", "乌鲁木齐市", "沙依巴克区"),
];
