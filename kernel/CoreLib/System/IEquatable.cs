// SPDX-License-Identifier: MIT
namespace System;

public interface IEquatable<T>
{
    bool Equals(T? other);
}
