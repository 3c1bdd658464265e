// SPDX-License-Identifier: MIT
namespace System;

public abstract class MulticastDelegate : Delegate
{
}
