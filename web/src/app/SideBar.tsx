/** Navigation, the conversations, and who is signed in. */
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Library, LogOut, MessageSquarePlus, Moon, Sun } from "lucide-react";
import { Link, NavLink } from "react-router";
import { useApi } from "@/api/ApiContext";
import { unwrap } from "@/api/client";
import { keys, meQuery } from "@/api/queries";
import { IconButton } from "@/components/IconButton";
import { Wordmark } from "@/components/Wordmark";
import { ConversationList } from "@/features/chat/ConversationList";
import classes from "./SideBar.module.css";

export function SideBar({ onNavigate, isInDrawer = false }: { onNavigate: () => void; isInDrawer?: boolean }) {
  return (
    <div className={classes.bar}>
      {isInDrawer ? null : (
        <div className={classes.brand}>
          <Link to="/library" aria-label="Footnote: to the library">
            <Wordmark />
          </Link>
        </div>
      )}
      <nav className={classes.links} aria-label="Main">
        <NavLink to="/chat" end className={classes.link} onClick={onNavigate}>
          <MessageSquarePlus size={18} aria-hidden="true" /> New question
        </NavLink>
        <NavLink to="/library" className={classes.link} onClick={onNavigate}>
          <Library size={18} aria-hidden="true" /> Library
        </NavLink>
      </nav>
      <ConversationList onNavigate={onNavigate} />
      <Foot />
    </div>
  );
}

function Foot() {
  const api = useApi();
  const client = useQueryClient();
  const { data: me } = useQuery(meQuery(api));
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light") === "dark";
  const signOut = useMutation({
    mutationFn: () => unwrap(api.http.DELETE("/api/v1/session")),
    onSuccess: () => {
      client.clear(); // Nothing of this session may be seen by the next.
      client.setQueryData(keys.me, null);
      globalThis.location.assign("/sign-in");
    },
  });
  return (
    <div className={classes.foot}>
      <p className={classes.who} dir="auto">
        {me?.organisation.name}
        <small>
          {me === null || me === undefined ? "" : me.user.name.toLowerCase() === me.role.toLowerCase() ? me.user.name : `${me.user.name}, ${me.role}`}
        </small>
      </p>
      <IconButton label={isDark ? "Use light colours" : "Use dark colours"} onClick={() => setColorScheme(isDark ? "light" : "dark")}>
        {isDark ? <Sun size={18} /> : <Moon size={18} />}
      </IconButton>
      <IconButton label="Sign out" onClick={() => signOut.mutate()} loading={signOut.isPending}>
        <LogOut size={18} />
      </IconButton>
    </div>
  );
}
