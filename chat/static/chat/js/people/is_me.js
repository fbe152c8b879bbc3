/** Whether a person is me, or a guest whom my account has claimed. */
export const isMe = ({ id }, me) => id === me.id || Boolean(me.claimed?.includes(id));

/** Whether a person may moderate the room. @param {{role: ?string}} me */
export const keepsRooms = ({ role }) => ["owner", "moderator", "operator"].includes(role);

/** Whether a message is one that I wrote, and may edit: no topic and no event. */
export const isMyText = ({ author, kind }, me) => isMe(author, me) && !["topic", "event"].includes(kind);
