// Synthetic applications. Nobody here exists: names are labels, numbers are computed.

import { randomUUID } from 'node:crypto';

// GB 11643: weights of the first seventeen digits, and the check character by the remainder.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';

let serial = 0;

function residentId(birth, sequence) {
  const pad = (number, width) => String(number).padStart(width, '0');
  const digits = `110101${birth.year}${pad(birth.month, 2)}${pad(birth.day, 2)}${pad(sequence, 3)}`;
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
  return digits + CHECK_CHARACTERS[sum % 11];
}

/** A card number that passes the Luhn check. */
function accountNumber() {
  const digits = `622202${String(31_345_061_357 + 7_919 * ++serial).padStart(12, '0')}`;
  const total = [...digits].reverse().reduce((sum, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
  return digits + String((10 - (total % 10)) % 10);
}

/** An application with nothing wrong: a man insures himself and pays from his own account. */
export function acceptable() {
  serial += 1;
  const birth = { year: 1985, month: 3, day: 17 };
  const holder = {
    name: '丙样例',
    sex: 'SEX_MALE',
    birth_date: birth,
    certificate: {
      kind: 'CERTIFICATE_KIND_RESIDENT_ID',
      number: residentId(birth, 2 * (serial % 490) + 1),
      valid_until: { year: 2045, month: 6, day: 30 },
    },
    phones: [`138${String(27_041_357 + 1_009 * serial).padStart(8, '0')}`],
    email: `node${serial}@example.com`,
    address: { region_code: '110101', province: '北京市', city: '北京市', district: '东城区', detail: `样例路${serial}号2单元303室` },
    nationality: 'CHN',
  };
  return {
    source: 'core',
    application_no: `NODE-${randomUUID()}`,
    kind: 'APPLICATION_KIND_NEW_BUSINESS',
    channel: 'CHANNEL_BANCASSURANCE',
    branch_code: '110000',
    seller_code: 'S0001',
    agency_code: 'A0001',
    product: { code: 'P001', name: '样例两全保险（分红型）', class: 'PRODUCT_CLASS_PARTICIPATING', term: { years: 10 } },
    applied_on: { year: 2026, month: 3, day: 2 },
    policyholder: holder,
    insureds: [{ person: holder, relation: 'RELATION_ONESELF' }],
    accounts: [
      { purpose: 'ACCOUNT_PURPOSE_PREMIUM', number: accountNumber(), kind: 'ACCOUNT_KIND_CARD', bank_code: 'ICBC', holder_name: holder.name },
    ],
  };
}

/** A request of its own for an application. */
export const request = (application = acceptable(), fields = {}) => ({
  request_id: randomUUID(),
  application,
  ...fields,
});
