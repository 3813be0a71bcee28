/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import java.util.Arrays;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps plugins from ending the node: their calls of {@code System.exit}, {@code Runtime.exit} and {@code Runtime.halt} throw a
 * {@link SecurityException} instead, which is the calling stage's fault. Their classes are changed when they are loaded, as Java
 * has no other way left; what calls by reflection or from native code gets through. The node's own bundles are left alone.
 */
public final class ExitGuard implements WeavingHook {

    private static final Logger LOG = LoggerFactory.getLogger(ExitGuard.class);
    private static final String SYSTEM = "java/lang/System";
    private static final String RUNTIME = "java/lang/Runtime";
    private static final String ERROR = "java/lang/SecurityException";
    /** What is called instead; it throws. */
    private static final String REFUSED = "levada$exitRefused";

    private static final String OF_SYSTEM = "(I)V";
    private static final String OF_RUNTIME = "(Ljava/lang/Runtime;I)V";

    @Override
    public void weave(WovenClass woven) {
        var bundle = woven.getBundleWiring().getBundle();
        if (PluginJar.fileName(bundle).isEmpty()) {
            return;
        }
        try {
            var refusal = PluginInstaller.name(bundle) + " was kept from ending the node (System.exit)";
            var guarded = guarded(woven.getBytes(), refusal);
            if (guarded.length > 0) {
                woven.setBytes(guarded);
            }
        } catch (RuntimeException e) { // a class of a Java that ASM does not know yet
            LOG.warn("{} of {} can't be looked through for calls that end the node", woven.getClassName(), bundle, e);
        }
    }

    /** The class with those calls replaced; empty when there are none. */
    static byte[] guarded(byte[] bytes, String refusal) {
        var reader = new ClassReader(bytes);
        var writer = new ClassWriter(reader, 0);
        var guard = new Guard(writer, refusal);
        reader.accept(guard, 0);
        return guard.found ? writer.toByteArray() : new byte[0];
    }

    private static boolean ends(String owner, String name, String descriptor) {
        return descriptor.equals("(I)V")
                && (owner.equals(SYSTEM) && name.equals("exit")
                        || owner.equals(RUNTIME) && (name.equals("exit") || name.equals("halt")));
    }

    private static String replacement(String owner) {
        return owner.equals(SYSTEM) ? OF_SYSTEM : OF_RUNTIME;
    }

    private static final class Guard extends ClassVisitor {

        private final String refusal;
        private String name = "";
        private boolean isInterface;
        private boolean found;

        Guard(ClassVisitor next, String refusal) {
            super(Opcodes.ASM9, next);
            this.refusal = refusal;
        }

        @Override
        public void visit(
                int version, int access, String name, String signature, String superName, String[] interfaces) {
            this.name = name;
            this.isInterface = (access & Opcodes.ACC_INTERFACE) != 0;
            super.visit(version, access, name, signature, superName, interfaces);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String descriptor, String signature, String[] exceptions) {
            var next = super.visitMethod(access, method, descriptor, signature, exceptions);
            return new MethodVisitor(Opcodes.ASM9, next) {

                @Override
                public void visitMethodInsn(int opcode, String owner, String called, String of, boolean ofInterface) {
                    if (ends(owner, called, of)) {
                        found = true;
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, name, REFUSED, replacement(owner), isInterface);
                    } else {
                        super.visitMethodInsn(opcode, owner, called, of, ofInterface);
                    }
                }

                @Override
                public void visitInvokeDynamicInsn(String called, String of, Handle bootstrap, Object... arguments) {
                    super.visitInvokeDynamicInsn(
                            called,
                            of,
                            bootstrap,
                            Arrays.stream(arguments).map(this::guarded).toArray());
                }

                /** Of a method reference such as {@code System::exit}. */
                private Object guarded(Object argument) {
                    if (argument instanceof Handle handle
                            && ends(handle.getOwner(), handle.getName(), handle.getDesc())) {
                        found = true;
                        return new Handle(
                                Opcodes.H_INVOKESTATIC, name, REFUSED, replacement(handle.getOwner()), isInterface);
                    }
                    return argument;
                }
            };
        }

        @Override
        public void visitEnd() {
            if (found) {
                refuse(OF_SYSTEM);
                refuse(OF_RUNTIME);
            }
            super.visitEnd();
        }

        private void refuse(String descriptor) {
            var code = cv.visitMethod(
                    Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC, REFUSED, descriptor, null, null);
            code.visitCode();
            code.visitTypeInsn(Opcodes.NEW, ERROR);
            code.visitInsn(Opcodes.DUP);
            code.visitLdcInsn(refusal);
            code.visitMethodInsn(Opcodes.INVOKESPECIAL, ERROR, "<init>", "(Ljava/lang/String;)V", false);
            code.visitInsn(Opcodes.ATHROW);
            code.visitMaxs(3, Type.getArgumentsAndReturnSizes(descriptor) >> 2);
            code.visitEnd();
        }
    }
}
