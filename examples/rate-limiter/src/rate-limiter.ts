/**
 * A token bucket for each client, in a process for each client: one client's requests, however many, hold up nobody else's. A process that has been
 * idle until its bucket is full is like one that never was, so it ends then: memory is for the clients that are active.
 */
import {
  ChildError,
  type ChildSpec,
  DynamicSupervisor,
  ExitError,
  GenServer,
  monotonicTime,
  ok,
  Registry,
  reply,
  Supervisor,
  stop,
} from 'coppice';
import { fillTimeMs, fullBucket, type Limit, takeToken, type Verdict } from './token-bucket.ts';

const clients = Registry.unique<string>('rate_limiter.clients');
const buckets = DynamicSupervisor.name('rate_limiter.buckets');

const Bucket = GenServer.define('Bucket', {
  init: (limit: Limit) => ok(fullBucket(limit, monotonicTime()), untilFull(limit)),
  call: {
    take: (bucket) => {
      const [verdict, left] = takeToken(bucket, monotonicTime());
      return reply(verdict, left, untilFull(left.limit));
    },
  },
  info: {
    timeout: (bucket) => stop('normal', bucket),
  },
});

/** The process of a client, if there is one. */
export const bucketOf = (client: string) => Bucket.name(Registry.via(clients, client));

/** The registry first: without it nobody would find the buckets, so they start anew with it. */
export function childSpec(): ChildSpec {
  const children = [Registry.childSpec(clients), DynamicSupervisor.childSpec({ name: buckets })];
  return Supervisor.childSpec(children, { name: 'rate_limiter', strategy: 'rest_for_one' });
}

/** Takes a token from a client's bucket; one that is not there is made, full, with this limit. */
export async function take(client: string, limit: Limit): Promise<Verdict> {
  for (;;) {
    try {
      return await Bucket.call(bucketOf(client), 'take');
    } catch (error) {
      if (!isWithoutBucket(error)) throw error;
      await startBucket(client, limit);
    }
  }
}

/** `'normal'`: it was about to end, idle, when it was asked. */
function isWithoutBucket(error: unknown): boolean {
  return error instanceof ExitError && (error.reason === 'noproc' || error.reason === 'normal');
}

/** `temporary`: one that crashes is not restarted but made at the client's next request, so that crashes never add up to the end of all buckets. */
async function startBucket(client: string, limit: Limit): Promise<void> {
  const spec = Bucket.childSpec(limit, { id: client, name: bucketOf(client), restart: 'temporary' });
  try {
    await DynamicSupervisor.startChild(buckets, spec);
  } catch (error) {
    // Another request of the client was first.
    if (!(error instanceof ChildError && error.pid !== undefined)) throw error;
  }
}

function untilFull(limit: Limit) {
  return { timeout: fillTimeMs(limit) };
}
