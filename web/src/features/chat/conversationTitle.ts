import type { Conversation } from "@/api/types";

export function conversationTitle(conversation: Conversation): string {
  return conversation.title?.trim() ? conversation.title : "Untitled conversation";
}
