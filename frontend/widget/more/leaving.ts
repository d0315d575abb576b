/** The pointer leaves through the top edge, on its way up (DS-6). */
const UPWARDS = -4; // pixels of the last move that count as leaving in a hurry

/** Returns what stops listening. */
export function leaving(fire: () => void): () => void {
  let speed = 0;
  const moved = (event: MouseEvent): void => void (speed = event.movementY);
  const left = (event: MouseEvent): void => {
    if (event.clientY <= 0 && speed < UPWARDS) fire();
  };
  document.addEventListener("mousemove", moved, { passive: true });
  document.documentElement.addEventListener("mouseleave", left);
  return () => {
    document.removeEventListener("mousemove", moved);
    document.documentElement.removeEventListener("mouseleave", left);
  };
}
