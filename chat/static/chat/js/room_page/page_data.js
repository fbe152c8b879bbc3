/**
 * Reads the data that the server put into the page. The room has no id before its first visit; `hello` brings it.
 * @returns {{room: {id: ?string, name: string}, me: {id: string, name: string}, snapshot: object}}
 */
export const readPageData = () => ({
  room: { id: parse("room-id"), name: parse("room-name") },
  me: parse("you"),
  snapshot: parse("snapshot"),
});

const parse = (id) => JSON.parse(document.getElementById(id).textContent);
