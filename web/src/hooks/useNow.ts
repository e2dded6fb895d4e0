import { useEffect, useState } from "react";

const TICK_MS = 30_000;

/** The time, renewed twice a minute, for ages such as "5 min ago". */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
