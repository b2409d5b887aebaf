package org.dmaengine.bench;

/**
 * The place of a case on a curve.
 *
 * @param curve the title; cases with the same title are one plot
 * @param axis what grows from point to point, with its unit: "bytes"
 * @param at how much of it
 */
public record Point(String curve, String axis, double at) {}
