/**
 * Links: bounded queues of samples and markers from one stage to one consumer, with what is dropped when the consumer is
 * slow. Lock-free; nothing is allocated in the steady state.
 */
package io.levada.wiring.link;
