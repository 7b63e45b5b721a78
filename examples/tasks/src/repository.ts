/** A slow data store for the examples. */
import { sleep } from '@coppice/core';

export interface User {
  readonly id: number;
  readonly name: string;
}

export async function findUser(id: number): Promise<User> {
  await sleep(20);
  return { id, name: `User ${id}` };
}

export async function findPosts(userId: number): Promise<string[]> {
  await sleep(30);
  return [`first post of ${userId}`];
}

export async function findComments(userId: number): Promise<string[]> {
  await sleep(10);
  return [`a comment of ${userId}`, `another comment of ${userId}`];
}
