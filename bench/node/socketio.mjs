// socket.io + node-postgres, three statements in a transaction: the way most tutorials end.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { inThree } from "./store.mjs";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, pingInterval: 60_000 });
io.on("connection", (socket) => {
  socket.on("echo", (frame) => socket.emit("echo", frame));
  socket.on("agent", () => socket.join("agents"));
  socket.on("send", async (frame) => {
    const { id, seq } = await inThree(frame.conversation, frame.body);
    const told = { id, seq, conversation: frame.conversation, body: frame.body };
    socket.emit("message", told);
    io.to("agents").emit("message", told);
  });
});
http.listen(Number(process.argv[2]), "127.0.0.1");
