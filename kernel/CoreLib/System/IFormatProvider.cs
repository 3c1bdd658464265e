// SPDX-License-Identifier: MIT
namespace System;

public interface IFormatProvider
{
    object? GetFormat(Type? formatType);
}
