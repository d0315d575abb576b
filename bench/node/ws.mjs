// ws + node-postgres, one statement: a message in, written, then told to its sender and to the agent.
import { WebSocketServer } from "ws";
import { inOneStatement } from "./store.mjs";

const agents = new Set();
new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: false }).on("connection", (socket) => {
  socket.on("close", () => agents.delete(socket));
  socket.on("message", async (raw) => {
    const frame = JSON.parse(raw);
    if (frame.t === "echo") return socket.send(raw.toString());
    if (frame.t === "agent") return agents.add(socket);
    const { id, seq } = await inOneStatement(frame.conversation, frame.body);
    const told = JSON.stringify({ t: "message", id, seq, conversation: frame.conversation, body: frame.body });
    socket.send(told);
    for (const agent of agents) agent.send(told);
  });
});
