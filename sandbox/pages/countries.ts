/** The countries a billing address can be in, and those whose postal code the card check asks for. */

const CODES =
  'AC AD AE AF AG AI AL AM AO AQ AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW';

const names = new Intl.DisplayNames('en', { type: 'region' });

/** ISO 3166 code and English name, in the order of the names. */
export const COUNTRIES: readonly { code: string; name: string }[] = CODES.split(' ')
  .map((code) => ({ code, name: countryName(code) }))
  .sort((a, b) => a.name.localeCompare(b.name, 'en'));

/** The English name of an ISO 3166 code; what is no code stays as it is. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code;
}

export const DEFAULT_COUNTRY = 'US';

/** Whose addresses name a state, a province or a region. */
export const COUNTRIES_WITH_STATES: readonly string[] =
  'AE AR AU BR CA CL CN CO EG ES HK ID IE IN IT JP KR MX MY NG PE PH RU TH TR TW UA US VE'.split(' ');

export const COUNTRIES_ASKING_POSTAL_CODE: readonly string[] = ['CA', 'GB', 'US'];
