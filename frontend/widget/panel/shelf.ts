/** One shelf of this browser's database, by promises. It is made when the first thing is put there, not before. */
import { data } from "./data";

const NAME = "out";
let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(`parley:${data.key}`);
    asked.onupgradeneeded = () => asked.result.createObjectStore(NAME, { keyPath: "order" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = failed;
  });
}

/** One transaction with one request; resolves to its answer when it is kept. */
export async function onShelf<Answer>(mode: IDBTransactionMode, work: (shelf: IDBObjectStore) => IDBRequest<Answer>): Promise<Answer> {
  const database = await (opened ??= open());
  return new Promise((done, failed) => {
    const moving = database.transaction(NAME, mode);
    const asked = work(moving.objectStore(NAME));
    moving.oncomplete = () => done(asked.result);
    moving.onabort = failed;
    // Handed over at once: what a page wrote in its last moment stands.
    moving.commit();
  });
}
