/** The frame around every screen: navigation, conversations, live updates, and files dropped anywhere. */
import { Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MessageSquarePlus, Menu as MenuIcon } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Navigate, Outlet, useLocation, useSearchParams } from "react-router";
import { useApi } from "@/api/ApiContext";
import { asProblem } from "@/api/problem";
import { collectionsQuery, keys, meQuery } from "@/api/queries";
import { IconButton, IconLink } from "@/components/IconButton";
import { ProblemNotice } from "@/components/ProblemNotice";
import { Wordmark } from "@/components/Wordmark";
import { DropArea } from "@/features/library/DropArea";
import type { DroppedFiles } from "@/features/library/droppedFiles";
import { UploadContext, useUploadQueue } from "@/features/library/UploadContext";
import { UploadQueue } from "@/features/library/uploadQueue";
import { UploadToast } from "@/features/library/UploadToast";
import classes from "./Shell.module.css";
import { SideBar } from "./SideBar";
import { type LiveState, useLiveEvents } from "./useLiveEvents";

/** Below this width the side bar gives way to a menu; as in the style sheet. */
const NARROW = "(max-width: 56.25em)";

export function Shell() {
  const api = useApi();
  const location = useLocation();
  const { data: me, error, isPending, refetch } = useQuery(meQuery(api));
  if (isPending) return null;
  if (error !== null && me === undefined) {
    return (
      <main style={{ padding: "2rem", maxWidth: "40rem", marginInline: "auto" }}>
        <ProblemNotice problem={asProblem(error)} onRetry={() => void refetch()} />
      </main>
    );
  }
  if (!me) {
    const back = location.pathname + location.search;
    return <Navigate to={back === "/library" ? "/sign-in" : `/sign-in?return=${encodeURIComponent(back)}`} replace />;
  }
  return <SignedIn />;
}

function SignedIn() {
  const api = useApi();
  const client = useQueryClient();
  const [queue] = useState(
    () =>
      new UploadQueue(api.upload, () => {
        void client.invalidateQueries({ queryKey: keys.documents });
        void client.invalidateQueries({ queryKey: keys.collections });
      }),
  );
  return (
    <UploadContext value={queue}>
      <Frame />
    </UploadContext>
  );
}

function Frame() {
  const live = useLiveEvents();
  const { pathname } = useLocation();
  const [isMenuAsked, menu] = useDisclosure(false);
  const isMenuOpen = useMediaQuery(NARROW, false) && isMenuAsked; // A window made wide again has the side bar instead.
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    // After a change of screen the keyboard continues in the new one; the first screen leaves the focus to the browser.
    if (isFirst.current) isFirst.current = false;
    else if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <aside className={classes.side} aria-label="Navigation and account">
        <SideBar onNavigate={menu.close} />
      </aside>
      {/* No header element: dialogs have one of their own, and a page has one banner at most. */}
      <div className={classes.top} role="region" aria-label="Top bar">
        <IconButton label="Open the menu" onClick={menu.open} aria-expanded={isMenuOpen}>
          <MenuIcon size={20} />
        </IconButton>
        <Wordmark />
        <IconLink label="New question" to="/chat">
          <MessageSquarePlus size={20} />
        </IconLink>
      </div>
      <Drawer opened={isMenuOpen} onClose={menu.close} size="19rem" title={<Wordmark />} closeButtonProps={{ "aria-label": "Close the menu" }} styles={{ body: { padding: 0, blockSize: "calc(100dvh - 4rem)", display: "flex", flexDirection: "column" } }}>
        <SideBar onNavigate={menu.close} isInDrawer />
      </Drawer>
      <LiveBanner live={live} />
      <main id="main" className={classes.main} ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <DropAnywhere />
      <UploadToast isHidden={pathname === "/library"} />
    </div>
  );
}

function LiveBanner({ live }: { live: LiveState }) {
  const text = {
    connecting: null,
    live: null,
    polling: "Live updates are interrupted. Looking for changes every 5 seconds.",
    offline: "The server does not answer. What you see may be out of date; trying again.",
  }[live];
  return <div role="status">{text === null ? null : <p className={classes.banner}>{text}</p>}</div>;
}

function DropAnywhere() {
  const queue = useUploadQueue();
  const api = useApi();
  const { pathname } = useLocation();
  const [parameters] = useSearchParams();
  const { data: collections } = useQuery(collectionsQuery(api));
  const collectionId = pathname === "/library" ? parameters.get("collection") : null;
  const target = collections?.find((collection) => collection.id === collectionId)?.name ?? "the library";
  const take = useCallback((dropped: DroppedFiles) => queue.add(dropped.files, collectionId, dropped.unreadable), [queue, collectionId]);
  return <DropArea target={target} onDrop={take} />;
}
