// Keeps the whole playground for the time without a connection: what the list names comes from the cache, always.
const VERSION = "@version@", FILES = @files@;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const forgetOthers = async () => {
    for (const name of await caches.keys()) if (name.startsWith("autodiff-") && name !== VERSION) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(forgetOthers());
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const answer = async () => {
    const cache = await caches.open(VERSION);
    return (await cache.match(event.request, {ignoreSearch: true})) ?? fetch(event.request);
  };
  event.respondWith(answer());
});
