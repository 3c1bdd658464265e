// SPDX-License-Identifier: MIT
namespace System;

public class PlatformNotSupportedException : NotSupportedException
{
    public PlatformNotSupportedException()
        : base("Not supported here.")
    {
    }

    public PlatformNotSupportedException(string? message)
        : base(message)
    {
    }
}
