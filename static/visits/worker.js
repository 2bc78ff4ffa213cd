/* The worker of the pages of cases. It keeps one empty page and the style sheets and scripts that page names, and shows it when
   the network does not answer; what stands on the page comes from the phone's own encrypted store. It keeps no page with a case on it. */
"use strict";

const CACHE = "sunlot-visits";
const SHELL = "/office/cases/offline/";
const PATIENCE = 8000;
const TAKEN_ALONG = /^\/office\/cases\/(mine|[^/]+\/record)\/$/;

async function install() {
  const answer = await fetch(SHELL, { cache: "reload", credentials: "omit" });
  if (!answer.ok) {
    throw new Error("the empty page is not to be had");
  }
  const text = await answer.clone().text();
  const named = Array.from(text.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g), (found) => found[1]);
  const cache = await caches.open(CACHE);
  await cache.addAll(Array.from(new Set(named)).map((address) => new Request(address, { cache: "reload" })));
  await cache.put(SHELL, answer);
}

function soon(request) {
  return new Promise(function (resolve, reject) {
    const clock = setTimeout(() => reject(new Error("slow")), PATIENCE);
    fetch(request).then(resolve, reject).finally(() => clearTimeout(clock));
  });
}

async function page(request) {
  try {
    return await (TAKEN_ALONG.test(new URL(request.url).pathname) ? soon(request) : fetch(request));
  } catch (error) {
    return (await caches.match(SHELL)) || Response.error();
  }
}

async function asset(request) {
  try {
    return await fetch(request);
  } catch (error) {
    return (await caches.match(request, { ignoreVary: true })) || Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(install().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", function (event) {
  if (event.data === "renew") {
    event.waitUntil(install().catch(() => undefined));
  }
});
self.addEventListener("fetch", function (event) {
  const request = event.request;
  if (request.method !== "GET") {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(request));
  } else if (new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(asset(request));
  }
});
