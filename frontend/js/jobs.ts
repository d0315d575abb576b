// One verb for many rows, done in the background: how far it is, what came of it, and the way back.
import { toast } from "./notices";
import { post, request } from "./lib/http";
import { word } from "./lib/words";

export interface Job { running: boolean; done: number; total: number; changed: number; ids: number[]; say: string; url: string; undo: string }

/** Tells how far it is until it has ended; then draws the rows anew and says what was done, with the way back. */
export async function follow(job: Job, draw: (job: Job) => unknown): Promise<void> {
  let line: HTMLElement | undefined;
  while (job.running) {
    line?.remove();
    line = toast(word("bulkGoes", { n: job.done, total: job.total }));
    await new Promise((done) => setTimeout(done, 700));
    job = (await (await request(job.url)).json()) as Job;
  }
  line?.remove();
  await draw(job);
  toast(job.say, job.undo ? () => void back(job.undo, draw) : undefined, 10_000);
}

async function back(url: string, draw: (job: Job) => unknown): Promise<void> {
  try {
    await follow((await (await post(url)).json()) as Job, draw);
  } catch {
    toast(word("notTakenBack"));
  }
}
