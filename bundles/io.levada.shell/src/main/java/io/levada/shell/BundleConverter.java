/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import java.util.Arrays;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Lets commands that take a bundle, such as {@code felix:stop}, be given its number or its symbolic name. */
@Component(property = "osgi.converter.classes=org.osgi.framework.Bundle")
public final class BundleConverter implements Converter {

    private final BundleContext context;

    @Activate
    public BundleConverter(BundleContext context) {
        this.context = context;
    }

    /** Null is Gogo's word for "not by me". */
    @Override
    public Object convert(Class<?> desired, Object in) {
        if (desired != Bundle.class || in instanceof Bundle) {
            return null;
        }
        var text = String.valueOf(in);
        return Arrays.stream(context.getBundles())
                .filter(bundle ->
                        text.equals(Long.toString(bundle.getBundleId())) || text.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElse(null);
    }

    /** As Gogo shows it otherwise. */
    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        return null;
    }
}
