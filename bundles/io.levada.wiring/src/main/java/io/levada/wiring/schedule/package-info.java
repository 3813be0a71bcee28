/**
 * Threads: actors (stages) that are woken, and pools of workers that run those with something to do. Nothing here
 * takes a lock or allocates while it runs.
 */
package io.levada.wiring.schedule;
