/**
 * The node's users: a file of salted PBKDF2 hashes and the user service over it.
 * The launcher uses the file's class as well, for the first password and for {@code levada passwd}.
 * Nothing here is exported; others use {@code io.levada.api.user.Users}.
 */
package io.levada.users;
