package org.transnormer.artifacts.store;

/** What a listing tells of an object. */
public record ObjectInfo(String key, long size) {}
