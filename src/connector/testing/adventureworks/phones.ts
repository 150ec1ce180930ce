import { elementAt } from "./lists.ts";
import type { Random } from "./random.ts";
import type { TerritoryCountry } from "./sources.ts";

/**
 * Numbers set aside for fiction in each country (555-01xx, Ofcom, ACMA, BNetzA, ARCEP), so that no real telephone can ring.
 * The national form is a prefix followed by `digits` free digits; `trunk` is dialled before it inside the country.
 */
const plans: Record<TerritoryCountry, { code: string; trunk: string; prefixes: readonly string[]; digits: number }> = {
  US: {
    code: "1",
    trunk: "",
    digits: 2,
    prefixes: areaCodes(
      "206 253 360 425 509 503 541 971 213 310 323 408 415 510 530 559 562 619 626 650 661 702 707 714 720 760 775 801 805 818 831 858 909 916 925 949 951 303 305 312 314 317 320 330 334 336 346 347 352 385 401 402 404 405 407 410 412 413 414 417 419 423 432 440 443 469 478 479 480 501 502 504 505 507 508 512 513 515 516 517 518 520 540 551 561 563 573 574 585 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 623 630 631 636 641 646 651 678 682 701 703 704 706 708 712 713 715 716 717 719 724 727 731 732 734 737 740 754 757 763 765 770 772 773 774 781 785 786 802 803 804 806 808 810 812 813 814 815 816 817 828 830 832 843 845 847 848 850 856 857 859 860 862 863 864 865 901 903 904 906 907 908 910 912 913 914 915 918 919 920 928 931 936 937 940 941 952 954 956 970 972 973 978 979 980 985 989",
    ),
  },
  CA: {
    code: "1",
    trunk: "",
    digits: 2,
    prefixes: areaCodes(
      "204 226 236 250 289 306 403 416 418 438 450 506 514 519 581 587 604 613 647 705 709 778 780 807 819 867 902 905",
    ),
  },
  GB: {
    code: "44",
    trunk: "0",
    digits: 3,
    prefixes: [
      "2079460",
      "1134960",
      "1144960",
      "1164960",
      "1174960",
      "1184960",
      "1214960",
      "1314960",
      "1414960",
      "1514960",
      "1614960",
    ],
  },
  AU: { code: "61", trunk: "0", digits: 4, prefixes: ["25550", "35550", "75550", "85550"] },
  DE: { code: "49", trunk: "0", digits: 3, prefixes: ["3023125", "6990009", "4066969", "2214710", "8999998"] },
  FR: { code: "33", trunk: "0", digits: 4, prefixes: ["19900", "26191", "35301", "46571", "53649", "63998"] },
};

export interface PhoneBook {
  /** The next unused number of a country, E.164. Throws RangeError when a country's fictional numbers are used up. */
  next(country: TerritoryCountry): string;
}

/** Hands out every fictional number once. */
export function openPhoneBook(): PhoneBook {
  const used: Partial<Record<TerritoryCountry, number>> = {};
  return {
    next: (country) => {
      const { code, prefixes, digits } = plans[country];
      const number = used[country] ?? 0;
      used[country] = number + 1;
      const line = Math.floor(number / prefixes.length);
      if (line >= 10 ** digits) throw new RangeError(`The fictional telephone numbers of ${country} are used up.`);
      return `+${code}${elementAt(prefixes, number % prefixes.length)}${String(line).padStart(digits, "0")}`;
    },
  };
}

/**
 * The same number as a person might have typed it.
 * @example retypedPhone("+15165550187", "US", random) // "(516) 555-0187" or another of its spellings
 */
export function retypedPhone(phone: string, country: TerritoryCountry, random: Random): string {
  const { code, trunk } = plans[country];
  const national = phone.slice(1 + code.length);
  if (code === "1") {
    const [area, exchange, line] = [national.slice(0, 3), national.slice(3, 6), national.slice(6)];
    const spellings = [
      `(${area}) ${exchange}-${line}`,
      `${area}-${exchange}-${line}`,
      `${area}.${exchange}.${line}`,
      `+1 ${area} ${exchange} ${line}`,
      national,
    ];
    return random.pick(spellings);
  }
  const grouped = `${national.slice(0, 2)} ${national.slice(2, 6)} ${national.slice(6)}`.trimEnd();
  const spellings = [`+${code} ${grouped}`, `+${code} (${trunk}) ${grouped}`, `${trunk}${grouped}`];
  // Abroad is 00 in Europe and 0011 in Australia.
  return random.pick(country === "AU" ? spellings : [...spellings, `00${code} ${grouped}`]);
}

function areaCodes(codes: string): string[] {
  return codes.split(" ").map((area) => `${area}55501`);
}
