// SPDX-License-Identifier: MIT
namespace System;

public interface IDisposable
{
    void Dispose();
}
