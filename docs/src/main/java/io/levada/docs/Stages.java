/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.docs;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** The command {@code levada:stages} of a framework; called by name, as its class is another one there. */
final class Stages {

    private static final String COMMAND = "(&(osgi.command.scope=levada)(osgi.command.function=stages))";

    private final Object command;

    /** Waits until the command can list stage types. */
    Stages(BundleContext context, Duration timeout) throws InvalidSyntaxException, InterruptedException {
        await(context, "(levada.stage.type=*)", timeout);
        await(context, "(objectClass=io.levada.api.pipeline.Pipelines)", timeout);
        command = await(context, COMMAND, timeout);
    }

    private static Object await(BundleContext context, String filter, Duration timeout)
            throws InvalidSyntaxException, InterruptedException {
        var tracker =
                new ServiceTracker<Object, ServiceReference<Object>>(context, context.createFilter(filter), null) {
                    @Override
                    public ServiceReference<Object> addingService(ServiceReference<Object> reference) {
                        return reference;
                    }
                };
        tracker.open(true); // whatever class it is of
        var reference = tracker.waitForService(timeout.toMillis());
        tracker.close();
        if (reference == null) {
            throw new IllegalStateException("no service " + filter + " within " + timeout);
        }
        return context.getService(reference);
    }

    /** The list of all types. */
    String all() {
        return call();
    }

    /** One type with its parameters. */
    String one(String type) {
        return call(type);
    }

    /** The first word of each line of the list that begins with one; the heading left out. */
    List<String> names() {
        return all().lines()
                .skip(1)
                .filter(line -> !line.startsWith(" "))
                .map(line -> line.split(" ")[0])
                .toList();
    }

    private String call(String... arguments) {
        Class<?>[] types = new Class<?>[arguments.length];
        Arrays.fill(types, String.class);
        try {
            return (String) command.getClass().getMethod("stages", types).invoke(command, (Object[]) arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("levada:stages is not what it was", e);
        }
    }
}
