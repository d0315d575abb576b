// Tickets: the board, the table, the page of one, and the one beside a conversation.
import "./tickets/verbs";
import "./tickets/board";
import "./tickets/carry";
import "./tickets/page";
import "./tickets/aside";
import "./tickets/table";
