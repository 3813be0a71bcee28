/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.PlatformManagedObject;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A look into the JVM of a process of ours. It costs that JVM some threads and memory: connect before the baseline. */
public final class Jmx implements AutoCloseable {

    private static final String ADDRESS = "com.sun.management.jmxremote.localConnectorAddress";

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private Jmx(JMXConnector connector, MBeanServerConnection server) {
        this.connector = connector;
        this.server = server;
    }

    public static Jmx of(long pid) throws IOException {
        try {
            var machine = VirtualMachine.attach(Long.toString(pid));
            try {
                machine.startLocalManagementAgent();
                var address = new JMXServiceURL(machine.getAgentProperties().getProperty(ADDRESS));
                var connector = JMXConnectorFactory.connect(address);
                return new Jmx(connector, connector.getMBeanServerConnection());
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("can't look into process " + pid, e);
        }
    }

    /** Gives back what nobody holds: garbage, and what malloc keeps free for later. */
    public void tidy() {
        bean(ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class).gc();
        try {
            var commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
            server.invoke(commands, "systemTrimNativeHeap", new Object[0], new String[0]);
        } catch (ReflectionException e) {
            // a JVM before 17.0.9 has no such command
        } catch (JMException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of direct buffers. */
    public long directMemory() {
        return bean("java.nio:type=BufferPool,name=direct", BufferPoolMXBean.class)
                .getMemoryUsed();
    }

    public int loadedClasses() {
        return bean(ManagementFactory.CLASS_LOADING_MXBEAN_NAME, ClassLoadingMXBean.class)
                .getLoadedClassCount();
    }

    private <T extends PlatformManagedObject> T bean(String name, Class<T> type) {
        try {
            return ManagementFactory.newPlatformMXBeanProxy(server, name, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
