/** Whether a person is me, or a guest whom my account has claimed. */
export const isMe = ({ id }, me) => id === me.id || Boolean(me.claimed?.includes(id));
