/** Spans in the types of the API. */

/** openapi-fetch widens tuples to arrays (`Readable`, 0.17); this gives every span its two numbers back. */
export type WithSpans<T> = T extends (infer Item)[]
  ? WithSpans<Item>[]
  : T extends object
    ? { [Name in keyof T]: Name extends "span" ? [start: number, end: number] | Extract<T[Name], null> : WithSpans<T[Name]> }
    : T;
