/** How it was, once a chat was closed (LC-7): a number from one to five, and a word if they like. One vote for each chat. */
import type { House } from "../extras/house";
import { part } from "../panel/dom";
import type { No } from "../panel/http";

export function wireSurvey(house: House): () => void {
  const form = part<HTMLFormElement>("survey");
  const comment = part<HTMLTextAreaElement>("comment");
  let about: string | null = null;

  form.onchange = () => (part("survey-more").hidden = false);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const conversation = about;
    const score = Number(new FormData(form).get("score"));
    if (!conversation || !score) return;
    try {
      await house.call("survey/", { conversation, score, comment: comment.value.trim() });
      house.note("thanks");
    } catch (error) {
      if (!(error as Partial<No>).status) return house.note("unavailable");
    }
    house.set(`voted:${conversation}`, "1");
    form.hidden = true;
  };

  return () => {
    const { closed, conversation } = house.chat();
    const wanted = closed && !!conversation && !house.get(`voted:${conversation}`);
    if (wanted && conversation !== about) {
      form.reset();
      part("survey-more").hidden = true;
      about = conversation;
    }
    form.hidden = !wanted;
  };
}
