// Whose name a keyword is: `"passport_no": "X1", "order_no": 123456789` names two values, and the first name says nothing of the second.

/** How far before a value its name is looked for, and how far after a keyword the sign that makes it a name, in characters. */
const NAME_CHARS = 64;
const REST_CHARS = 32;

/** A name right before a value, or before the rest of a value in several groups: of a member, an attribute, a parameter or a line of a form. */
const NAMED =
  /(?:^|[\n,;{(&?\t|<"'`[]|\n[ \t>*#-]{1,8})[ \t]{0,8}([\p{L}\p{N}_.$@-]{1,48})\\?["'`\])]{0,2}(?:[ \t]{0,8}(?:=>|:=|[:=：＝])[ \t]{0,12}|>)\\?["'`(]{0,3}(?:\p{L}{0,4}\d[\d ./-]{0,30})?$/u;
/** The same for a line's first words, which may be several: `Ticket number: `, `order_id   | `. */
const LINE_NAMED =
  /(?:^|\n)[ \t>*#-]{0,8}(\p{L}[\p{L}\p{N} _./()'-]{0,40}?)["'`]?[ \t]{0,24}[:=：＝|][ \t]{0,12}["'`(]{0,3}(?:\p{L}{0,4}\d[\d ./-]{0,30})?$/u;
/** What makes the keyword before it a name. */
const SIGN_AFTER = /^[\p{L}\p{N} _.()/-]{0,24}\\?["'`\])]{0,2}[ \t]{0,24}(?:=>|:=|[:=：＝>|])/u;
/** The keyword names what the value's own name is inside: `passport: { germany: ... }`. */
const INSIDE = /^[\p{L}\p{N}_.-]{0,24}\\?["'`]?[ \t]*(?:=>|[:=])?[\s{[(-]*\\?["'`<]?$/u;
/** The keyword names something, and what it names stands on its own line. */
const TAKEN = /^[^\n]{0,24}?[:=：＝|][ \t]*[^\s{[(][^\n]*\n/;
/** Names that leave it to what is around them to say what they name. */
const PLAIN =
  /^(?:val|value|number|num|no|nr|nummer|numero|numéro|número|numer|номер|id|text|data|content|code|note|notes|comment|message|input|answer|raw|field|item|primary|main|current|old|new|customer|user|agent|assistant|client|caller|kunde|support|span|td|th|p|b|i|strong|em|li|div)s?$/i;

/** Words that name what is nobody's: what follows them at once is theirs. */
const FOREIGN = new RegExp(
  `(?:^|[^\\p{L}\\p{N}])(?:${[
    'meeting id|purchase order|order|invoice|ticket|tracking|shipment|parcel|version|release|build|batch|sku|quote|incident|timestamp',
    'bestellung|bestellnummer|auftrag|auftragsnummer|rechnung|rechnungsnummer|sendungsnummer|lieferschein|artikelnummer',
    'commande|facture|colis|bon de livraison|pedido|factura|albarán|incidencia|paquete|ordine|fattura|encomenda|fatura',
    'versão|versión|versione|versie|wersj[ia]|jvm|bestelling|factuur|factuurnummer|pakbon|zamówieni[ea]|faktura|zgłoszenie|sipariş|sürüm',
    '注文番号|請求書|伝票番号|チケット|バージョン|订单号?|发票|工单|版本|快递单号|运单号|流水号|주문번호|청구서|버전|티켓|운송장번호|송장번호|문의번호',
    'الطلب|الفاتورة|التذكرة|الإصدار|ऑर्डर|इनवॉइस|टिकट|वर्ज़न|заказ|накладная|верси[ия]|заявка|трек-номер',
  ].join('|')})(?:[ _.-]{0,2}(?:number|num|no|nr|nummer|id|key|numéro|número|numero|numer|رقم|नंबर|номер))?` +
    `["'\`\\])]{0,2}[ \\t]{0,4}(?:=>|[:=：#№])?[ \\t]{0,4}["'\`([<>#]{0,3}(?:n[°º.]|no\\.?|nr\\.?|№|#)?[ \\t]{0,2}(?:\\p{L}{0,4}\\d[\\d ./-]{0,30})?$`,
  'iu',
);

/** Asked about the names in one text. What it says of a place hangs on at most a line's length around it. */
export class Labels {
  #text = '';
  /** The place whose own name was looked for last, and where that name begins; -1: it has none. */
  #place = -1;
  #name = -1;
  /** The same of what names what is nobody's. */
  #foreignAt = -1;
  #foreign = false;
  /** The value that keywords before it were asked about last; by where those end, whether they name another. */
  #from = -1;
  readonly #others = new Map<number, boolean>();

  begin(text: string): void {
    this.#text = text;
    this.#place = -1;
    this.#foreignAt = -1;
    this.#from = -1;
  }

  /** Whether the keyword at `[start, end)` names something else than the value at `[from, to)`; `limit`: nothing beyond is looked at. */
  namesAnother(start: number, end: number, from: number, limit: number): boolean {
    const text = this.#text;
    if (start >= from) return SIGN_AFTER.test(text.slice(end, Math.min(limit, end + REST_CHARS)));
    if (from !== this.#from) {
      this.#from = from;
      this.#others.clear();
    }
    const known = this.#others.get(end) ?? this.#isAnother(end, from);
    this.#others.set(end, known);
    return known;
  }

  /** The same for a keyword before the value. */
  #isAnother(end: number, from: number): boolean {
    const text = this.#text;
    const way = text.slice(end, from);
    if (TAKEN.test(way)) return true;
    const name = this.#nameOf(from);
    if (name < 0 || end > name || !SIGN_AFTER.test(text.slice(end, name))) return false;
    return !INSIDE.test(text.slice(end, name));
  }

  /** Whether the word right before `place` names an order, a version or the like. */
  isForeign(place: number): boolean {
    if (place !== this.#foreignAt) {
      this.#foreignAt = place;
      this.#foreign = FOREIGN.test(this.#text.slice(Math.max(0, place - NAME_CHARS), place));
    }
    return this.#foreign;
  }

  #nameOf(place: number): number {
    if (place === this.#place) return this.#name;
    this.#place = place;
    const start = Math.max(0, place - NAME_CHARS);
    const before = this.#text.slice(start, place);
    const found = LINE_NAMED.exec(before) ?? NAMED.exec(before);
    const name = found?.[1] ?? '';
    this.#name = found === null || PLAIN.test(name) ? -1 : start + found.index + found[0].indexOf(name);
    return this.#name;
  }
}
