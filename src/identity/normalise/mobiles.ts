/**
 * Whether a number is a mobile's by its country's numbering plan: somebody carries it, and no household answers it. Of countries where
 * that shows, and no others: in North America any number may be one.
 * @param number with `+` and country code
 * @example isMobile("+491701234567") // true
 */
export function isMobile(number: string): boolean {
  return mobiles.test(number);
}

/** By country code how the national number of a mobile begins; checked against libphonenumber's metadata. */
const plans: Readonly<Record<string, string>> = {
  "20": "1[0125]\\d{8}$", // Egypt
  "27": "6|7[1-9]|8[1-4]", // South Africa
  "212": "[67]", // Morocco
  "234": "[789][01]", // Nigeria
  "254": "[17]", // Kenya
  "30": "69", // Greece
  "31": "6[1-58]", // Netherlands
  "32": "4[5-9]", // Belgium
  "33": "[67]", // France
  "34": "6|7[1-4]", // Spain
  "351": "9[1236]", // Portugal
  "352": "6", // Luxembourg
  "353": "8[35-9]", // Ireland
  "358": "4|50", // Finland
  "359": "8[789]|9[89]", // Bulgaria
  "36": "[237]0|31|50", // Hungary
  "380": "39|50|6[3678]|73|9[1-9]", // Ukraine
  "385": "9", // Croatia
  "39": "3", // Italy
  "40": "7", // Romania
  "41": "7[5-9]", // Switzerland
  "420": "60[1-8]|7[2-9]", // Czechia
  "421": "9", // Slovakia
  "43": "6(?:5[0-3579]|6[0134-9]|[789])", // Austria, whose 662 is Salzburg
  "44": "7[1-57-9]", // United Kingdom, whose 70 and 76 are none
  "46": "7[02369]", // Sweden
  "47": "[49]", // Norway
  "48": "45|5[0137]|6[069]|7[2389]|88", // Poland
  "49": "1(?:5|6[023]|7)", // Germany
  "51": "9", // Peru
  "54": "9", // Argentina
  "55": "\\d\\d9\\d{8}$", // Brazil
  "56": "9", // Chile
  "57": "3", // Colombia
  "61": "4", // Australia
  "62": "8", // Indonesia
  "63": "9", // Philippines
  "64": "2", // New Zealand
  "7": "9", // Russia
  "81": "[789]0", // Japan
  "82": "10", // South Korea
  "84": "[35789]", // Vietnam
  "86": "1[3-9]", // China
  "90": "5", // Turkey
  "91": "9", // India: other numbers that begin with 6, 7 or 8 are mobiles as well, or Bangalore
  "92": "3", // Pakistan
  "966": "5", // Saudi Arabia
  "971": "5", // United Arab Emirates
  "972": "5[0-58]", // Israel
};

const mobiles = new RegExp(
  `^\\+(?:${Object.entries(plans)
    .map(([country, starts]) => `${country}(?:${starts})`)
    .join("|")})`,
);
