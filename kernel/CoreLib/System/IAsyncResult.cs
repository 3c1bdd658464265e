// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Named by the delegates of assemblies that the compiler made; nothing is asynchronous.</summary>
public interface IAsyncResult
{
}
