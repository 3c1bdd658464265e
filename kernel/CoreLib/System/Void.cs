// SPDX-License-Identifier: MIT
namespace System;

public struct Void
{
}
