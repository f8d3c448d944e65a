/** Header fields, names in lower case. */
export type Fields = Readonly<Record<string, string>>;

/** Sets header fields on a response; on a copy where its headers are immutable, as those of a response from `fetch()` are. */
export function withFields(response: Response, fields: Fields): Response {
  try {
    setFields(response.headers, fields);
    return response;
  } catch {
    const copy = new Response(response.body, response);
    setFields(copy.headers, fields);
    return copy;
  }
}

function setFields(headers: Headers, fields: Fields): void {
  for (const name in fields) headers.set(name, fields[name] as string);
}
