// SPDX-License-Identifier: MIT
namespace System;

/// <summary>All comparisons here are by code unit; cultures do not exist.</summary>
public enum StringComparison
{
    CurrentCulture = 0,
    CurrentCultureIgnoreCase = 1,
    InvariantCulture = 2,
    InvariantCultureIgnoreCase = 3,
    Ordinal = 4,
    OrdinalIgnoreCase = 5,
}
