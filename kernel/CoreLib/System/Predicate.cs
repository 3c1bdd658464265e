// SPDX-License-Identifier: MIT
namespace System;

public delegate bool Predicate<in T>(T obj);
