// The same rows as a chat message costs anywhere: message, conversation, event. In one statement, or in three.
import pg from "pg";

// Where the database is stands in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE.
export const pool = new pg.Pool({ max: 10 });

const CTE = `
  WITH c AS (UPDATE bench_node.conversation SET last_seq = last_seq + 1, preview = $2, last_at = now() WHERE id = $1 RETURNING last_seq),
  m AS (INSERT INTO bench_node.message (conversation_id, seq, body) SELECT $1, last_seq, $2 FROM c RETURNING id, seq),
  e AS (INSERT INTO bench_node.event (conversation_id, payload) SELECT $1, jsonb_build_object('message', id, 'seq', seq) FROM m)
  SELECT id, seq FROM m`;

export async function inOneStatement(conversation, body) {
  const { rows } = await pool.query({ name: "cte", text: CTE, values: [conversation, body] });
  return rows[0];
}

export async function inThree(conversation, body) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const moved = await client.query({
      name: "move",
      text: "UPDATE bench_node.conversation SET last_seq = last_seq + 1, preview = $2, last_at = now() WHERE id = $1 RETURNING last_seq",
      values: [conversation, body],
    });
    const seq = moved.rows[0].last_seq;
    const written = await client.query({
      name: "write",
      text: "INSERT INTO bench_node.message (conversation_id, seq, body) VALUES ($1, $2, $3) RETURNING id",
      values: [conversation, seq, body],
    });
    await client.query({
      name: "tell",
      text: "INSERT INTO bench_node.event (conversation_id, payload) VALUES ($1, $2)",
      values: [conversation, { message: written.rows[0].id, seq }],
    });
    await client.query("COMMIT");
    return { id: written.rows[0].id, seq };
  } finally {
    client.release();
  }
}
