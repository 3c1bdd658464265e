// SPDX-License-Identifier: MIT
namespace System;

public interface ICloneable
{
    object Clone();
}
