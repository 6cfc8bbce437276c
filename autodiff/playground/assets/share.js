// A program in a link: compressed, with a checksum, in letters that every address may have, after the # that no server
// ever sees.
const MOST = 2_000_000;    // letters of a program that a link may unpack to

export async function packed(text) {
  const bytes = await through(new Blob([text]), new CompressionStream("deflate"));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// The program of a link; an error where the link is damaged.
export async function unpacked(letters) {
  const binary = atob(letters.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  return new TextDecoder("utf-8", {fatal: true}).decode(await through(new Blob([bytes]), new DecompressionStream("deflate")));
}

async function through(blob, stream) {
  const parts = [];
  let length = 0;
  for await (const part of chunks(blob.stream().pipeThrough(stream))) {
    parts.push(part);
    length += part.length;
    if (length > MOST) throw new Error("too long");
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function* chunks(stream) {
  const reader = stream.getReader();
  for (let {done, value} = await reader.read(); !done; {done, value} = await reader.read()) yield value;
}
