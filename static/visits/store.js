/* What a phone keeps of its person's visits: pages, what was typed, photos and signatures that wait to be sent.
   Everything is encrypted (AES-GCM) with a key that the server gives to the signed-in person alone. The key is kept unreadable
   to scripts, in a database of its own that signing out deletes, and forgotten after two days without a word from the server; what is kept stays, for
   whoever signs in as the same person again. Case numbers are the only thing in plain. Chromium 86, no dependencies. */
(function () {
  "use strict";

  const LIFE = 48 * 3600 * 1000;
  const KEY_ADDRESS = "/office/cases/offline/key/";
  const sunlot = (window.sunlot = window.sunlot || {});
  let me = null;

  function opened(name, stores) {
    return new Promise(function (resolve, reject) {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = function () {
        stores.forEach(([store, options]) => asked.result.createObjectStore(store, options));
      };
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = function () {
        asked.result.onversionchange = () => asked.result.close();
        resolve(asked.result);
      };
    });
  }

  const openKeys = () => opened("sunlot-keys", [["keys", { keyPath: "user" }]]);
  const openVisits = () =>
    opened("sunlot-visits", [["visits", { keyPath: ["user", "number"] }], ["queue", { keyPath: "seq", autoIncrement: true }]]);

  async function within(open, store, mode, act) {
    const db = await open();
    try {
      return await new Promise(function (resolve, reject) {
        const transaction = db.transaction(store, mode);
        const asked = act(transaction.objectStore(store));
        transaction.oncomplete = () => resolve(asked ? asked.result : undefined);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      db.close();
    }
  }

  const keys = (mode, act) => within(openKeys, "keys", mode, act);
  const visits = (mode, act) => within(openVisits, "visits", mode, act);
  const queue = (mode, act) => within(openVisits, "queue", mode, act);

  /* Who works on this phone: the signed-in person, as the server says, or whoever was last, for two days. null: nobody. */
  async function unlock() {
    let answer = null;
    try {
      answer = await fetch(KEY_ADDRESS, { credentials: "same-origin", headers: { Accept: "application/json" } });
    } catch (error) {
      answer = null;
    }
    if (answer && answer.ok && !answer.redirected) {
      const told = await answer.json();
      const raw = Uint8Array.from(atob(told.key), (c) => c.charCodeAt(0));
      const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
      await keys("readwrite", function (store) {
        store.clear();
        return store.put({ user: told.user, key: key, at: Date.now() });
      });
      me = { user: told.user, key: key, signedIn: true };
      return me;
    }
    const kept = (await keys("readonly", (store) => store.getAll()))[0];
    if (kept && Date.now() - kept.at > LIFE) {
      await keys("readwrite", (store) => store.clear());
      me = null;
      return null;
    }
    me = kept ? { user: kept.user, key: kept.key, signedIn: !answer } : null;
    return me;
  }

  async function seal(bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv: iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, me.key, bytes) };
  }

  const unseal = (sealed) => crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, me.key, sealed.data);
  const sealText = (value) => seal(new TextEncoder().encode(JSON.stringify(value)));
  const unsealText = async (sealed) => JSON.parse(new TextDecoder().decode(await unseal(sealed)));

  async function visit(number) {
    const row = await visits("readonly", (store) => store.get([me.user, number]));
    return row ? unsealText(row.sealed) : null;
  }

  async function put(found) {
    const sealed = await sealText(found);
    await visits("readwrite", (store) => store.put({ user: me.user, number: found.number, sealed: sealed }));
    return found;
  }

  /* Change what is kept of one visit, one change after the other even between two tabs. */
  function change(number, edit) {
    return navigator.locks.request(`sunlot-visit-${number}`, async function () {
      const found = (await visit(number)) || { number: number, typed: {}, conflicts: {}, errors: {}, state: null, closed: "" };
      await edit(found);
      return put(found);
    });
  }

  async function all() {
    const rows = await visits("readonly", (store) => store.getAll(IDBKeyRange.bound([me.user, ""], [me.user, "\uffff"])));
    return Promise.all(rows.map((row) => unsealText(row.sealed)));
  }

  const forget = (number) => visits("readwrite", (store) => store.delete([me.user, number]));

  /* Keep a message to be sent. Its key makes the server do it once, however often it arrives. */
  async function post(number, kind, data, file) {
    const row = {
      user: me.user,
      number: number,
      kind: kind,
      key: sunlot.newKey(),
      held: null,
      sealed: await sealText(data),
      file: file ? await seal(file) : null,
    };
    row.seq = await queue("readwrite", (store) => store.add(row));
    return row;
  }

  async function waiting(number) {
    const rows = await queue("readonly", (store) => store.getAll());
    return rows.filter((row) => row.user === me.user && (!number || row.number === number));
  }

  async function message(row) {
    return { data: await unsealText(row.sealed), file: row.file ? await unseal(row.file) : null };
  }

  sunlot.element = function (tag, text, attributes) {
    const made = document.createElement(tag);
    made.textContent = text || "";
    Object.keys(attributes || {}).forEach((name) => made.setAttribute(name, attributes[name]));
    return made;
  };
  sunlot.newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  sunlot.sha256 = async function (bytes) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join("");
  };
  sunlot.store = {
    possible: Boolean(window.indexedDB && window.crypto && crypto.subtle && navigator.locks),
    unlock: unlock,
    me: () => me,
    visit: visit,
    change: change,
    all: all,
    forget: forget,
    post: post,
    waiting: waiting,
    message: message,
    remove: (seq) => queue("readwrite", (store) => store.delete(seq)),
    mark: async function (row, held) {
      await queue("readwrite", (store) => store.put(Object.assign({}, row, { held: held })));
    },
  };
})();
