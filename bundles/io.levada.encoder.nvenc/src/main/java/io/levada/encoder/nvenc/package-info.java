/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The stage {@code encoder.nvenc}: pictures in the memory of an NVIDIA GPU become packets by the card's encoder, and never
 * come to the host. Private; it fills the role {@code encoder} where the card has NVENC.
 */
package io.levada.encoder.nvenc;
