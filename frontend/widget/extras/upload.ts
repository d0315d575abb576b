/** Sends a file ahead of its message; `fetch` would not tell how far it is. */
import { data, type Enclosed } from "../panel/data";
import { no } from "../panel/http";

export function upload(file: File, token: string, progress: (share: number) => void): Promise<Enclosed> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/live/files/");
    request.setRequestHeader("X-Parley-Key", data.key);
    request.setRequestHeader("X-Parley-Visitor", token);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
    request.onerror = failed;
    request.onload = () => {
      const answer = request.response ?? {};
      if (request.status === 201) done(answer);
      else failed(no(request.status, answer.error, answer.retry_after));
    };
    const body = new FormData();
    body.set("file", file);
    request.send(body);
  });
}
