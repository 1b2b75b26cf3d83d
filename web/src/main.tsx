import { render } from 'preact';
import { App } from './app/App';
import { startLifecycle } from './app/lifecycle';
import './styles/index.css';
import './ui/theme';

startLifecycle();
render(<App />, document.getElementById('app')!);
