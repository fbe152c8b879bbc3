// Rooms with Socket.IO. Argument: the port.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"] });

io.on("connection", (socket) => {
  const room = socket.handshake.query.room;
  socket.join(room);
  socket.on("chat", (text) => io.to(room).emit("chat", text));
});

http.listen(Number(process.argv[2]), "127.0.0.1");
