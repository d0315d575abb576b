/** A sound for answers that the visitor does not see arrive: off until it is switched on. */
import { house } from "./house";

export const isLoud = (): boolean => !!house.get("sound");

export function ring(): void {
  if (isLoud()) blip();
}

/** A short, soft tone. */
export function blip(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  const now = context.currentTime;
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.0001, now);
  volume.gain.exponentialRampToValueAtTime(0.1, now + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, now + 0.3);
  tone.connect(volume).connect(context.destination);
  tone.onended = () => void context.close();
  tone.start();
  tone.stop(now + 0.3);
}
