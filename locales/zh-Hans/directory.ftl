# 名录导入：列名、行内问题、整个文件的问题。
directory-problem-column = 问题

directory-field-code = 代码
directory-field-name = 名称或姓名
directory-field-duty = 类别或角色
directory-field-channel = 销售渠道
directory-field-branch = 机构代码
directory-field-team-leader = 团队负责人代码
directory-field-agency = 代理机构代码
directory-field-capacity = 在办件上限
directory-field-leave = 休假期间
directory-field-qualified-from = 资质起始日期
directory-field-qualified-until = 资质终止日期
directory-field-active = 是否在用
directory-field-certificate-kind = 证件类型
directory-field-certificate-number = 证件号码
directory-field-phones = 联系电话
directory-field-address = 联系地址

directory-flaw-required = { $field }未填写
directory-flaw-not-of-kind = 此类条目不应填写该{ $field }
directory-flaw-too-long = { $field }过长或过多
directory-flaw-characters = { $field }含有代码不允许的字符
directory-flaw-unknown-word = { $field }不是可识别的取值
directory-flaw-not-date = { $field }不是有效日期（应为 YYYY-MM-DD）
directory-flaw-order = { $field }的先后顺序有误或有重叠
directory-flaw-not-number = { $field }不是允许范围内的整数
directory-flaw-not-phone = { $field }中有无法使用的号码
directory-flaw-not-certificate = { $field }与证件类型的规则不符
directory-flaw-unusable = { $field }无法使用，请填写真实内容
directory-flaw-formula = { $field }是公式，请改为文本
directory-flaw-lost-digits = { $field }以数字格式保存，末位已丢失，请改为文本后重新填写
directory-flaw-duplicate = { $field }在文件中重复
directory-flaw-unknown-code = { $field }在名录中不存在，请先录入对应条目

directory-file-too-large = 文件过大
directory-file-incomplete = 收到的内容与声明的文件大小不符
directory-file-too-many-rows = 行数过多
directory-file-encoding = 编码既不是 UTF-8 也不是 GB18030
directory-file-old-workbook = 不支持旧版 Excel（.xls），请另存为 .xlsx
directory-file-broken = 无法读取该文件
directory-file-unpacks-too-large = 工作簿解压后过大
directory-file-empty = 文件为空
directory-file-missing-columns = 缺少必需的列
directory-file-double-columns = 同一内容出现在多列
