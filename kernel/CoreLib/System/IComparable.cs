// SPDX-License-Identifier: MIT
namespace System;

public interface IComparable
{
    int CompareTo(object? obj);
}
