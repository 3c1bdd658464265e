// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Names of enum members are not in the image: an enum's text is its number.</summary>
public abstract class Enum : ValueType
{
}
